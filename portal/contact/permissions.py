"""Who reads and answers what people write to the named inboxes."""

ANSWER_MESSAGES = "answer_messages"
