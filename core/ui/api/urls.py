"""The API's addresses, under the prefix that config gives them; the schema describes exactly these."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView

from core.ui import registry
from core.ui.api import people
from core.ui.api.router import urls_of

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
]
urlpatterns += people.urlpatterns
urlpatterns += [
    pattern for resource in registry.all_resources() if resource.api and resource.slug for pattern in urls_of(resource)
]
