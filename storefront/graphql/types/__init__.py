"""The schema's types, one module a family: its inputs, its resolvers and its root fields, which `schema` joins."""
