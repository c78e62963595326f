using System.Text;
using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Records;

/// <summary>Land register and actual prices: API.KvvyRZSc5K, with a price list beside the record that makes a package of about 20 MB.</summary>
public static class LandRecords
{
    private const int PriceFileBytes = 25 * 1024 * 1024;

    private static readonly Lazy<(byte[] Csv, int Rows)> Prices = new(WritePrices);

    /// <summary>The price list: public, the same for everybody, so it is written once and kept.</summary>
    public static ReadOnlyMemory<byte> PriceCsv => Prices.Value.Csv;

    public static JsonObject Build(Persona person)
    {
        var numbers = new SeededNumbers("land", person.Key);
        var parcels = new JsonArray();
        var buildings = new JsonArray();
        for (var i = numbers.Between(1, 4); i > 0; i--)
        {
            var area = numbers.Between(2_000, 60_000) / 100.0;
            parcels.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["city"] = numbers.Pick(TaiwanWords.Cities),
                        ["section"] = numbers.Pick(TaiwanWords.Sections),
                        ["lotNo"] = $"{numbers.Digits(4)}-{numbers.Digits(4)}",
                        ["area"] = area,
                        ["share"] = $"{numbers.Between(1, 9)}/{numbers.Between(10, 120)}",
                        ["registeredOn"] = RocDate.Write(numbers.Day(new(1995, 1, 1), RocDate.RecordsEnd)),
                        ["announcedValue"] = (long)(area * numbers.Between(9_000, 260_000)),
                    }
            );
        }
        buildings.Add(
            (JsonNode)
                new JsonObject
                {
                    ["city"] = person.Address[..3],
                    ["buildingNo"] = $"{numbers.Digits(5)}-000",
                    ["address"] = person.Address,
                    ["floor"] = $"{numbers.Between(1, 14)}層",
                    ["area"] = numbers.Between(5_500, 16_000) / 100.0,
                    ["completedOn"] = RocDate.Write(numbers.Day(new(1975, 1, 1), new(2023, 12, 31))),
                }
        );
        return new JsonObject
        {
            ["name"] = person.Name,
            ["id"] = person.Id.Value,
            ["asOf"] = RocDate.Write(RocDate.RecordsEnd),
            ["parcels"] = parcels,
            ["buildings"] = buildings,
            ["priceArea"] = "全國",
            ["priceCount"] = Prices.Value.Rows,
            ["priceFile"] = "data.csv",
        };
    }

    private static (byte[] Csv, int Rows) WritePrices()
    {
        var numbers = new SeededNumbers("prices");
        var csv = new byte[PriceFileBytes + 1024];
        var length = Encoding.UTF8.GetBytes("\uFEFF序號,縣市,地段,路名,交易年月,面積,總價,單價,驗證碼\r\n", csv);
        var rows = 0;
        while (length < PriceFileBytes)
        {
            var price = numbers.Between(200, 9_000) * 10_000L;
            var area = numbers.Between(1_500, 32_000);
            rows++;
            length += Encoding.UTF8.GetBytes(
                $"{rows},{numbers.Pick(TaiwanWords.Cities)},{numbers.Pick(TaiwanWords.Sections)},{numbers.Pick(TaiwanWords.Roads)},"
                    + $"{numbers.Between(101, 115)}{numbers.Between(1, 12):D2},{area / 100}.{area % 100:D2},{price},{price * 100 / area},{numbers.Code(172)}\r\n",
                csv.AsSpan(length)
            );
        }
        return (csv[..length], rows);
    }
}
