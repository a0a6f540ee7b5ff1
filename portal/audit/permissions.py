"""Who may read the record of acts."""

READ_RECORD = "read_record"
