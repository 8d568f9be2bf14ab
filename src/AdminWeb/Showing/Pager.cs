using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace AdminWeb.Showing;

/// <summary>The links to the pages before and after, with the search as it is.</summary>
/// <param name="Number">This page.</param>
/// <param name="HasMore">There is one after it.</param>
internal sealed record Pager(int Number, bool HasMore)
{
    /// <summary>The query parameter. "page" belongs to the framework.</summary>
    public const string Parameter = "p";

    public static string Link(HttpRequest request, int number)
    {
        var query = new QueryBuilder(request.Query.Where(pair => pair.Key != Parameter));
        query.Add(Parameter, number.ToString(CultureInfo.InvariantCulture));
        return request.Path + query.ToQueryString();
    }
}
