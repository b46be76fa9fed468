using Sample.Endpoints;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddControllersWithViews();
var app = builder.Build();

app.MapControllers();
app.MapControllerRoute(name: "default", pattern: "{controller=Home}/{action=Index}/{id?}");
app.MapGet("/", () => "ok");
app.MapGet("/secret", () => "s").RequireAuthorization();
app.MapMethods("/multi", new[] { "PUT", "PATCH" }, () => "m");

var api = app.MapGroup("/api");
api.MapUsers();
api.MapGroup("/orders").MapOrders();
var admin = api.MapGroup("/admin").RequireAuthorization("Admin");
admin.MapDelete("/cache", Admin.Clear);

app.Run();
