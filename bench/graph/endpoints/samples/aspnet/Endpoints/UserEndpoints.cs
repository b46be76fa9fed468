namespace Sample.Endpoints;

public static class UserEndpoints
{
    private const string Base = "/users";

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Base, List);
        routes.MapGet($"{Base}/{{id:int}}", (int id) => id);
        routes.MapPost(Base, Create).WithName("create").RequireAuthorization();
    }

    public static RouteGroupBuilder MapOrders(this RouteGroupBuilder group)
    {
        group.MapGet("/{id}", (string id) => id);
        return group;
    }

    private static string List() => "";

    private static string Create() => "";
}

public static class Admin
{
    public static string Clear() => "";
}
