using ExtRa.Messages.Contract;
using ExtRa.Processing;

namespace SamplePlugIn;

/// <summary>A request class that the product does not have: asks for a text the other way round.</summary>
public sealed record ReverseRequest : Request
{
    public required string Text { get; init; }
}

public sealed record ReverseResponse : Response
{
    public string? Text { get; init; }
}

/// <summary>Found by its name in the plug-in folder.</summary>
public sealed class ReverseRequestProcessor : IRequestProcessor<ReverseRequest>
{
    public Task<Answer> ProcessAsync(ReverseRequest request, ProcessingContext context, CancellationToken cancel) =>
        Task.FromResult<Answer>(request.Text switch
        {
            "wait" => new Answer.NotYet(TimeSpan.FromMilliseconds(200), "told to wait"),
            "wait long" => new Answer.NotYet(TimeSpan.FromHours(1), "told to wait for a person"),
            "fail" => throw new InvalidOperationException("told to fail"),
            _ => new Answer.Done(new ReverseResponse
            {
                RequestId = request.RequestId,
                Success = true,
                Text = new string([.. request.Text.Reverse()]),
            }),
        });
}
