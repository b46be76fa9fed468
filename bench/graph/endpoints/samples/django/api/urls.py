from django.urls import path
from rest_framework.routers import SimpleRouter

from . import views

router = SimpleRouter()
router.register("items", views.ItemViewSet)
router.register(r"names", views.NameViewSet, basename="name")

urlpatterns = [
    path("ping/", views.ping),
    path("list/", views.ItemListCreate.as_view()),
]
