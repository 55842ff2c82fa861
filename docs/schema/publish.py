"""Write the JSON Schema of the report beside this file: ``python docs/schema/publish.py``."""

from pathlib import Path

import msgspec

from relnet.report.document import schema

Path(__file__).with_name("report.json").write_bytes(msgspec.json.format(msgspec.json.encode(schema())) + b"\n")
