namespace MyData.Web.Features.Services;

/// <summary>After a form's post, to the service's own registered address (RFC 9700 §4.12: 303, so that nothing is posted on).</summary>
internal sealed class LeadBack(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
