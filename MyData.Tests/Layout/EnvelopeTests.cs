using Bunit;
using MyData.Web.Ui;

namespace MyData.Tests.Layout;

public sealed class EnvelopeTests
{
    [Fact]
    public void Render_Always_IsHiddenFromScreenReaders()
    {
        using var context = new BunitContext();
        var envelope = context.Render<Envelope>().Find("svg");
        Assert.Equal("true", envelope.GetAttribute("aria-hidden"));
    }
}
