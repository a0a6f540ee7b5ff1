"""What any noun may show or aim at: series, rates and honest change."""
