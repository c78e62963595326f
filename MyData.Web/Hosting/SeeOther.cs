using MyData.Web.Layout;

namespace MyData.Web.Hosting;

/// <summary>After a form's post: go and get this page of ours (RFC 9110 §15.4.4), so that "reload" posts nothing twice.</summary>
public sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Preferences.Local(path);
        return Task.CompletedTask;
    }
}
