from django.urls import include, path, re_path
from django.views.generic import RedirectView, TemplateView

from . import views
from api.urls import router

extra = [
    path("two/", views.two),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", TemplateView.as_view(template_name="about.html")),
    path("go/", RedirectView.as_view(url="/")),
    path("shop/", include("shop.urls")),
    path("api/", include(router.urls)),
    path("api/extra/", include("api.urls")),
    path("more/", include((extra, "more"), namespace="more")),
    re_path(r"^year/(?P<year>[0-9]{4})/$", views.year),
]
urlpatterns += [path("late/", views.late)]
