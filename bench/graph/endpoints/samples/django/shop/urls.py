from django.urls import path

from .views import ItemDetail, ItemList, Search

app_name = "shop"
urlpatterns = [
    path("items/", ItemList.as_view(), name="items"),
    path("items/<int:pk>/", ItemDetail.as_view(), name="item"),
    path("search/<slug:term>/", Search.as_view()),
]
