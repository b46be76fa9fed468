from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods


def home(request):
    return HttpResponse("ok")


@require_GET
def two(request):
    return HttpResponse("")


@login_required
@require_http_methods(["GET", "DELETE"])
def year(request, year):
    return HttpResponse("")


def late(request):
    return HttpResponse("")
