using AngleSharp.Html.Dom;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Support;

/// <summary>What a persona of the sandbox does at the portal, page by page, without script.</summary>
public static class SandboxSteps
{
    public static Persona Persona(string key) => SandboxPersonas.All.Single(persona => persona.Key == key);

    /// <summary>First use: documents, then the identity provider, then "yes, that is me". Signed in at level 2 afterwards.</summary>
    public static async Task<Page> SignInFirstTimeAsync(this CitizenDriver citizen, Persona persona)
    {
        await citizen.ProveByDocumentsAsync(persona);
        await citizen.ProveByProviderAsync(persona);
        citizen.Page.ShouldBeAt("/signin/welcome");
        return await citizen.SubmitAsync("welcome");
    }

    public static async Task<Page> ProveByDocumentsAsync(this CitizenDriver citizen, Persona persona, string query = "")
    {
        await citizen.GetAsync("/signin/documents" + query);
        return await citizen.SubmitAsync(
            "documents",
            ("id", persona.Id.Value),
            ("health_card", persona.HealthCard),
            ("household", persona.Household)
        );
    }

    public static async Task<Page> ProveByProviderAsync(
        this CitizenDriver citizen,
        Persona persona,
        string query = "",
        string? acr = null
    )
    {
        var page = await citizen.GetAsync("/signin/oidc/start" + query);
        var form = (IHtmlFormElement)page.Single("form:has([name=persona])");
        form.Id = "choose-persona";
        (string, string)[] chosen = [("persona", persona.Key), ("decision", "agree")];
        return await citizen.SubmitAsync(form.Id, acr is null ? chosen : [.. chosen, ("acr", acr)]);
    }
}
