"""Rows: tables in the host's MetaData, the repository behind the services' Store, read queries, frozen schema steps."""
