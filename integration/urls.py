"""Pages of its own: watching the demo company load, and removing it."""

from django.urls import path

from integration.demo import views

urlpatterns = [
    path("demo/progress/", views.DemoProgressView.as_view(), name="demo-progress"),
    path("demo/remove/", views.RemoveDemoView.as_view(), name="demo-remove"),
]
