using System.Text;
using MyData.E2E.Support;

namespace MyData.E2E.Running;

public sealed class MarkerTests
{
    [Fact]
    public void FindInFile_EveryFormAtEveryPlace_IsFound()
    {
        const string value = "marker-0f1e2d3c4b5a";
        var file = Path.GetTempFileName();
        try
        {
            for (var before = 0; before < 3; before++)
            {
                var text = new string('x', before) + value + "yz";
                foreach (
                    var bytes in new[]
                    {
                        Encoding.UTF8.GetBytes(text),
                        Encoding.Unicode.GetBytes(text),
                        Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))),
                    }
                )
                foreach (var offset in new[] { 0, (1 << 20) - 7, (1 << 20) + 3 })
                {
                    File.WriteAllBytes(file, [.. new byte[offset], .. bytes]);
                    Assert.NotEmpty(new Marker(value).FindInFile(file));
                    Assert.Empty(new Marker(value + "!").FindInFile(file));
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
