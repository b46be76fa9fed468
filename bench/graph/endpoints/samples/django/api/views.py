from rest_framework import generics, mixins, permissions, serializers, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response

from shop.models import Item


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ["id", "name"]


class ItemViewSet(viewsets.ModelViewSet):
    queryset = Item.objects.all()
    serializer_class = ItemSerializer
    permission_classes = [permissions.IsAuthenticated]

    @action(detail=True, methods=["post"])
    def publish(self, request, pk=None):
        return Response({})

    @action(detail=False, url_path="recent-ones")
    def recent(self, request):
        return Response([])


class NameViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Item.objects.all()
    serializer_class = ItemSerializer


class ItemListCreate(generics.ListCreateAPIView):
    queryset = Item.objects.all()
    serializer_class = ItemSerializer


@api_view(["GET", "POST"])
def ping(request):
    return Response({})
