"""What the record of acts contributes: its commands. It is kept for six years and ended by hand, never by a job."""

from portal.audit.cli import register
from portal.web.manifest import Manifest

manifest = Manifest(noun="audit", commands=register)
