using MyData.Core.History;
using MyData.Tests.Support;
using MyData.Web.Features.History;

namespace MyData.Tests.History;

public sealed class HistoryExportTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+886", "'+886")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("\nx", "\"'\nx\"")]
    [InlineData("\uFF1D1", "'\uFF1D1")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("說\"好\"", "\"說\"\"好\"\"\"")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    public void Cell_AnyValue_IsAFieldAndNeverAFormula(string value, string expected) =>
        Assert.Equal(expected, HistoryExport.Cell(value));

    [Fact]
    public void Cell_NaughtyStrings_ComeBackWholeAndNeverStartAFormula()
    {
        foreach (var naughty in Vectors.Json("blns/blns.json").EnumerateArray().Select(s => s.GetString()!))
        {
            var fields = Csv.Read($"{HistoryExport.Cell(naughty)},{HistoryExport.Cell("end")}\r\n").Single();
            Assert.Equal("end", fields[1]);
            Assert.True(fields.Length == 2 && (fields[0] == naughty || fields[0] == "'" + naughty), naughty);
            Assert.DoesNotContain(fields[0].FirstOrDefault('x'), "=+-@\t\r");
        }
    }

    [Fact]
    public void Write_Filter_ReadsBackTheSame()
    {
        var filter = new HistoryFilter
        {
            Topic = HistoryTopic.Data,
            DataSetId = "API.a&b=c 中",
            From = new DateOnly(2026, 3, 1),
            To = new DateOnly(2026, 3, 31),
            Result = HistoryResult.Refused,
            OldestFirst = true,
        };
        var query = new Microsoft.AspNetCore.Http.QueryCollection(
            Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(HistoryFilterQuery.Write(filter, 42))
        );
        Assert.Equal(filter, HistoryFilterQuery.Read(query));
        Assert.Equal(42, HistoryFilterQuery.Cursor(query));
        Assert.Equal("", HistoryFilterQuery.Write(new HistoryFilter()));
    }

    [Theory]
    [InlineData("?topic=99&result=-1&from=yesterday&to=2026-13-01&order=up&cursor=x")]
    [InlineData("?topic=Data&topic=Consent&from=0001-01-01&cursor=99999999999999999999")]
    [InlineData("?topic=data;drop&dataset=")]
    public void Read_WhatNobodyChose_IsLeftOut(string query)
    {
        var read = new Microsoft.AspNetCore.Http.QueryCollection(
            Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query)
        );
        Assert.Equal(new HistoryFilter(), HistoryFilterQuery.Read(read));
        Assert.Null(HistoryFilterQuery.Cursor(read));
    }
}
