using MyData.Core.Citizens;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>Every address of signing in, sent in every state: only the legal order gives a session with the citizen claim.</summary>
public sealed class StateWalkTests(SignInHouse house) : IClassFixture<SignInHouse>
{
    private static int _next;

    private static readonly Dictionary<string, Func<SignInHouse, CitizenDriver, Person, Task>> States = new()
    {
        ["none"] = (_, browser, _) => browser.GetAsync("/signin"),
        ["step1 by documents"] = (h, browser, p) => h.ProveAsync(browser, "documents", p),
        ["step1 by oidc"] = (h, browser, p) => h.ProveAsync(browser, "oidc", p),
        ["documents twice"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "documents", p);
            await h.ProveAsync(browser, "documents", p);
        },
        ["oidc twice"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "oidc", p);
            await h.ProveAsync(browser, "oidc", p);
        },
        ["step2"] = Step2Async,
        ["step2 run out"] = async (h, browser, p) =>
        {
            await Step2Async(h, browser, p);
            h.Time.Advance(TimeSpan.FromMinutes(15));
        },
        ["step1 run out"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "documents", p);
            h.Time.Advance(TimeSpan.FromMinutes(15));
        },
        ["other person"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "documents", p);
            await h.ProveAsync(browser, "oidc", Person.Number(49));
        },
        ["other person, cookie put back"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "documents", p);
            var cookie = browser.Cookies[SessionCookie.CheckName]!.Value;
            await h.ProveAsync(browser, "oidc", Person.Number(49));
            browser.Cookies.Set(browser.Origin, SessionCookie.CheckName, cookie);
        },
        ["given up, cookie put back"] = async (h, browser, p) =>
        {
            await Step2Async(h, browser, p);
            var cookie = browser.Cookies[SessionCookie.CheckName]!.Value;
            await browser.SubmitAsync("not-me");
            browser.Cookies.Set(browser.Origin, SessionCookie.CheckName, cookie);
        },
        ["cookie of another browser's step1 run out"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "oidc", p);
            browser.Cookies.Set(browser.Origin, SessionCookie.CheckName, SecretToken.New().Value);
        },
        ["signed in"] = SignedInAsync,
        ["signed in, check's cookie put back"] = async (h, browser, p) =>
        {
            await Step2Async(h, browser, p);
            var cookie = browser.Cookies[SessionCookie.CheckName]!.Value;
            await browser.SubmitAsync("welcome");
            browser.Cookies.Remove(SessionCookie.Name);
            browser.Cookies.Set(browser.Origin, SessionCookie.CheckName, cookie);
        },
        ["ended, cookie put back"] = async (h, browser, p) =>
        {
            await SignedInAsync(h, browser, p);
            var cookie = browser.Cookies[SessionCookie.Name]!.Value;
            await browser.PostAsync(SignInUrls.SignOut);
            browser.Cookies.Set(browser.Origin, SessionCookie.Name, cookie);
        },
        ["idle too long"] = async (h, browser, p) =>
        {
            await SignedInAsync(h, browser, p);
            h.Time.Advance(TimeSpan.FromMinutes(31));
        },
    };

    private static readonly Dictionary<string, Func<SignInHouse, CitizenDriver, Person, Task>> Steps = new()
    {
        ["open sign-in"] = (_, browser, _) => browser.GetAsync("/signin?back=/account"),
        ["open welcome"] = (_, browser, _) => browser.GetAsync(SignInUrls.Welcome),
        ["ask for more"] = (_, browser, _) => browser.GetAsync("/signin?level=2&back=/account"),
        ["documents"] = (h, browser, p) => h.ProveAsync(browser, "documents", p, "?back=/account"),
        ["oidc"] = (h, browser, p) => h.ProveAsync(browser, "oidc", p, "?back=/account"),
        ["documents of another"] = (h, browser, _) => h.ProveAsync(browser, "documents", Person.Number(50)),
        ["oidc of another"] = (h, browser, _) => h.ProveAsync(browser, "oidc", Person.Number(50)),
        ["wrong documents"] = (h, browser, p) => h.ProveAsync(browser, "documents", p with { Household = "Z0000000" }),
        ["press welcome"] = (_, browser, _) => FormAsync(browser, SignInUrls.Welcome),
        ["press restart"] = (_, browser, _) => FormAsync(browser, SignInUrls.Restart),
        ["passkey options"] = (_, browser, _) => FormAsync(browser, SignInUrls.PasskeyOptions),
        ["passkey of nobody"] = (_, browser, _) => FormAsync(browser, SignInUrls.Passkey, ("credential", "{}")),
        ["callback out of the blue"] = (_, browser, _) =>
            browser.GetAsync($"{SignInUrls.UpstreamCallback}?code=x&state=y"),
        ["callback without anything"] = (_, browser, _) => browser.GetAsync(SignInUrls.UpstreamCallback),
        ["callback once more"] = async (h, browser, p) =>
        {
            await h.ProveAsync(browser, "oidc", p);
            var answer = browser.Page.Via.First(u => u.AbsolutePath == SignInUrls.UpstreamCallback);
            await browser.GetAsync(answer.PathAndQuery);
        },
        ["sign out"] = (_, browser, _) => FormAsync(browser, SignInUrls.SignOut),
    };

    public static TheoryData<string, string> Walks
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var state in States.Keys)
            foreach (var step in Steps.Keys)
                all.Add(state, step);
            return all;
        }
    }

    [Theory, MemberData(nameof(Walks))]
    public async Task Step_InState_OpensTheAccountOnlyInTheLegalOrder(string state, string step)
    {
        // Each from a network of its own, so that no walk slows the next one down.
        var number = Interlocked.Increment(ref _next);
        using var browser = house.Portal.Visitor(from: new([127, 1, (byte)(number / 250), (byte)(1 + number % 250)]));
        var person = Person.Number(1000 + number);
        house.Documents.Add(person);
        await States[state](house, browser, person);
        await Steps[step](house, browser, person);
        Assert.Equal(Legal(state, step), await SignInHouse.IsSignedInAsync(browser));
        Assert.Equal(Legal(state, step), await house.SessionAsync(browser) is not null);
    }

    private static bool Legal(string state, string step) =>
        state switch
        {
            "step2" => step == "press welcome",
            // Of the two proofs, the first was enough: the account is open, and each proof of hers is a later visit.
            "ended, cookie put back" or "idle too long" or "signed in, check's cookie put back" => step
                is "documents"
                    or "oidc"
                    or "callback once more",
            "signed in" => step != "sign out",
            _ => false,
        };

    private static async Task Step2Async(SignInHouse house, CitizenDriver browser, Person person)
    {
        await house.ProveAsync(browser, "documents", person);
        await house.ProveAsync(browser, "oidc", person);
        Assert.Equal(SignInUrls.Welcome, browser.Page.Path);
    }

    private static async Task SignedInAsync(SignInHouse house, CitizenDriver browser, Person person)
    {
        await Step2Async(house, browser, person);
        await browser.SubmitAsync("welcome");
        Assert.True(await SignInHouse.IsSignedInAsync(browser));
    }

    // With a form token that is good: what is tested is the state, not the token.
    private static async Task FormAsync(CitizenDriver browser, string path, params (string, string)[] values)
    {
        await browser.GetAsync(SignInUrls.Documents);
        await browser.PostAsync(path, values);
    }
}
