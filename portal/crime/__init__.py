"""The police archive in; figures and pages out."""
