using MyData.Core.Citizens;
using MyData.Core.Ledger;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Misbehaving;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>The address of a data set on the national wire (protocols.md B1): bearer token, parameters as headers, a plain ZIP.</summary>
public sealed class NationalEndpoint(
    PortalClient portal,
    SandboxKeys keys,
    BuiltPackages built,
    Misbehaviours misbehaviours,
    SideReports reports,
    TimeProvider clock
)
{
    private const string SystemId = "mydata::";

    public async Task AnswerAsync(HttpContext http, SandboxAgency agency, SandboxDataSet dataSet)
    {
        try
        {
            var job = await AdmitAsync(http, agency, dataSet, http.RequestAborted);
            if (job is null)
                http.Response.StatusCode = StatusCodes.Status204NoContent;
            else if (misbehaviours.Of(job) is { } misbehaviour)
                await misbehaviour(job);
            else if (job.Find(job.Persona) is { } record)
            {
                await job.SendBodyAsync(built.Body(job, () => Packages.Write(job, job.Persona, record)));
                reports.Add(job, "ok");
            }
            else
            {
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                reports.Add(job, TransferReport.Nothing);
            }
        }
        catch (AgencyRefusal refusal)
        {
            // This wire knows 401 and 500 only.
            http.Response.StatusCode =
                refusal.Status < 404 ? StatusCodes.Status401Unauthorized : StatusCodes.Status500InternalServerError;
        }
        catch (HttpRequestException)
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private async Task<AgencyJob?> AdmitAsync(
        HttpContext http,
        SandboxAgency agency,
        SandboxDataSet dataSet,
        CancellationToken ct
    )
    {
        var token = Token(http.Request);
        var transaction = Transaction(http.Request);
        var own = keys.Agency(agency.Id);
        var facts =
            await portal.IntrospectAsync(dataSet.Id, own.ResourceSecret, token, ct)
            ?? throw AgencyRefusal.Token("token.inactive", "The token is not active.");
        var subject =
            await portal.UserInfoAsync(token, ct)
            ?? throw AgencyRefusal.Token("subject.unknown", "The portal names nobody.");
        if (subject.Subject != facts.Subject)
            throw AgencyRefusal.Token("subject.differs", "Token and user info are about different people.");
        if (facts.Level != AssuranceLevel.None && facts.Level < dataSet.Level)
            throw AgencyRefusal.Token("token.level", "A stronger sign-in is wanted.");
        var given = dataSet
            .Parameters.Where(p => http.Request.Headers.ContainsKey(p.Name))
            .ToDictionary(p => p.Name, p => http.Request.Headers[p.Name].ToString(), StringComparer.Ordinal);
        var parameters = ParameterCheck.Check(dataSet, given);
        if (SandboxPersonas.Find(subject.Id) is not { } persona)
            return null;
        return new AgencyJob
        {
            Http = http,
            Agency = agency,
            DataSet = dataSet,
            Keys = own,
            Persona = persona,
            Subject = facts.Subject,
            Transfer = transaction,
            Parameters = parameters,
            Now = clock.GetUtcNow(),
        };
    }

    private static string Token(HttpRequest request)
    {
        const string scheme = $"Bearer {SystemId}";
        return
            request.Headers.Authorization is [{ } value]
            && value.StartsWith(scheme, StringComparison.Ordinal)
            && value[scheme.Length..] is { Length: 64 } token
            && token.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? token
            : throw AgencyRefusal.Token("token.missing", "A token of 64 letters and digits is wanted.");
    }

    private static string Transaction(HttpRequest request) =>
        request.Headers["transaction_uid"] is [{ } value] && Guid.TryParseExact(value, "D", out _)
            ? value
            : throw AgencyRefusal.Token("transaction.missing", "A transaction_uid is wanted.");
}
