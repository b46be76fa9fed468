using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Sample.Controllers;

[ApiController]
[Route("api/[controller]")]
[Authorize]
public class ItemsController : ControllerBase
{
    [HttpGet]
    [AllowAnonymous]
    public IEnumerable<string> List() => new List<string>();

    [HttpGet("{id:int}", Name = "item")]
    public string One(int id) => "";

    [HttpPost("[action]")]
    public string Import() => "";

    [HttpPut("{id}"), HttpPatch("{id}")]
    public string Change(int id) => "";

    [HttpDelete("/items/{id}")]
    public void Remove(int id) { }

    [AcceptVerbs("GET", "HEAD", Route = "probe")]
    public void Probe() { }

    [NonAction]
    public string Helper() => "";

    private string Hidden() => "";
}

[Route("v1/things")]
[Route("v2/things")]
public class ThingsController : BaseController
{
    [HttpGet("{key}")]
    public string Get(string key) => key;

    [Route("all")]
    public string All() => "";
}

public abstract class BaseController : ControllerBase
{
    [HttpGet("base")]
    public string FromBase() => "";
}

public class HomeController : Controller
{
    public IActionResult Index() => View();

    [HttpPost]
    public IActionResult Contact() => View();
}
