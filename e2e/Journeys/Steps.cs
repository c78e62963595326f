using Microsoft.Playwright;
using MyData.Web.Features.Catalog;
using MyData.Web.Features.Download;
using MyData.Web.Features.Open;
using MyData.Web.Features.SignIn;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Pages;
using MyData.Web.Sandbox.Personas;

namespace MyData.E2E.Journeys;

/// <summary>What citizens do again and again, by the words that they see.</summary>
public static class Steps
{
    public const string Household = "API.7QovE2Gev6";
    public const string Labour = "API.UZQkKbsOpz";
    public const string Income = "API.syWqjr4flJ";
    public const string Property = "API.Mo23SDWhsn";
    public const string Odd = "API.sandboxOddN";

    public static SandboxDataSet DataSet(string id) =>
        SandboxAgencies.All.SelectMany(agency => agency.DataSets).Single(set => set.Id == id);

    public static SandboxAgency AgencyOf(string dataSet) =>
        SandboxAgencies.All.Single(agency => agency.DataSets.Any(set => set.Id == dataSet));

    /// <summary>From the sign-in page: documents, identity provider, "yes, that is me".</summary>
    public static async Task SignInFirstTimeAsync(this Journey journey, Persona persona)
    {
        await journey.ByDocumentsAsync(persona);
        await journey.ByProviderAsync(persona);
        await journey.Button(journey.Words<SignInText>("WelcomeAgree")).ClickAsync();
    }

    public static async Task ByDocumentsAsync(this Journey journey, Persona persona)
    {
        await journey.Link(journey.Words<SignInText>("Use-documents")).ClickAsync();
        await journey.Page.GetByLabel(journey.Words<SignInText>("Id")).FillAsync(persona.Id.Value);
        await journey.Page.GetByLabel(journey.Words<SignInText>("HealthCard")).FillAsync(persona.HealthCard);
        await journey.Page.GetByLabel(journey.Words<SignInText>("Household")).FillAsync(persona.Household);
        await journey.Button(journey.Words<SignInText>("CheckDocuments")).ClickAsync();
    }

    public static async Task ByProviderAsync(this Journey journey, Persona persona)
    {
        await journey.Link(journey.Words<SignInText>("Use-oidc")).ClickAsync();
        await journey.Page.GetByRole(AriaRole.Radio, new() { Name = persona.Name }).CheckAsync();
        await journey.Button(journey.Words<SandboxText>("IdpAgree")).ClickAsync();
    }

    /// <summary>Ticks data sets in the catalogue and goes on.</summary>
    public static async Task ChooseAsync(this Journey journey, params string[] dataSets)
    {
        await journey.OpenAsync("/datasets");
        foreach (var id in dataSets)
            await journey
                .Page.GetByRole(AriaRole.Checkbox, new() { Name = journey.Name(DataSet(id).Name) })
                .CheckAsync();
        await journey.Button(journey.Words<CatalogText>("FetchChosen")).ClickAsync();
    }

    /// <summary>Comes with a choice, and fills in what its agencies ask for where they ask.</summary>
    public static async Task FillInAsync(
        this Journey journey,
        string[] dataSets,
        params (string DataSet, string Value)[] values
    )
    {
        await journey.OpenAsync("/download?ds=" + string.Join("&ds=", dataSets));
        if (values.Length == 0)
            return;
        foreach (var (dataSet, value) in values)
        {
            var field = $"{dataSet}:{DataSet(dataSet).Parameters[0].Name}";
            await journey.Page.Locator($"[name='{field}']").FillAsync(value);
        }
        await journey.Button(journey.Words<DownloadText>("Continue")).ClickAsync();
    }

    public static Task AgreeAsync(this Journey journey) =>
        journey.Button(journey.Words<DownloadText>("Agree")).ClickAsync();

    /// <summary>One data set on the progress page or where packages are opened.</summary>
    public static ILocator Card(this Journey journey, string dataSet) =>
        journey.Page.GetByRole(AriaRole.Region, new() { Name = journey.Name(DataSet(dataSet).Name) });

    /// <summary>Waits on the progress page until this data set shows the words of a state.</summary>
    public static Task ShowsAsync(this Journey journey, string dataSet, string state, float seconds = 30) =>
        Assertions
            .Expect(
                journey.Card(dataSet).GetByText(journey.Words<DownloadText>($"State{state}"), new() { Exact = true })
            )
            .ToBeVisibleAsync(new() { Timeout = seconds * 1000 });

    /// <summary>From the progress page to what her browser has opened.</summary>
    public static async Task OpenPackagesAsync(this Journey journey, string title = "titleOpened")
    {
        await journey.Link(journey.Words<DownloadText>("OpenHere")).ClickAsync();
        await Assertions
            .Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync(journey.Words<OpenText>(title));
    }

    /// <summary>"Done", and yes.</summary>
    public static async Task FinishAsync(this Journey journey)
    {
        await journey.Button(journey.Words<OpenText>("Done")).ClickAsync();
        await journey.Button(journey.Words<OpenText>("DoneYes")).ClickAsync();
    }
}
