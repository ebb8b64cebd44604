from __future__ import annotations

from django.apps import AppConfig


class GraphQLConfig(AppConfig):
    name = "storefront.graphql"
    label = "graphql"
