from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.views import View
from django.views.generic import DetailView, ListView

from .models import Item


class ItemList(LoginRequiredMixin, ListView):
    model = Item


class ItemDetail(DetailView):
    model = Item

    def post(self, request, pk):
        return HttpResponse("")


class Search(View):
    def get(self, request, term):
        return HttpResponse("")

    def put(self, request, term):
        return HttpResponse("")
