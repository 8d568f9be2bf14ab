using System.Collections.Frozen;
using System.Reflection;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;

namespace CaServiceWorker;

/// <summary>
/// The pair rule, closed at start: for every <c>FooRequest</c> the class <c>FooRequestProcessor</c>, found once by
/// reflection over our assembly and the plug-ins (EXTERNAL_RA.md X-10).
/// </summary>
internal sealed class ProcessorCatalog
{
    private readonly FrozenDictionary<Type, BoundProcessor> byRequest;

    public ProcessorCatalog(SubMessageCatalog messages, PlugIns plugIns, IServiceProvider services)
    {
        Dictionary<string, Type> processors = plugIns.Assemblies.Prepend(typeof(ProcessorCatalog).Assembly)
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("RequestProcessor", StringComparison.Ordinal))
            .ToDictionary(type => type.Name, StringComparer.Ordinal);

        var bound = new Dictionary<Type, BoundProcessor>();
        var gaps = new List<string>();
        foreach (Type request in messages.Requests)
        {
            if (processors.TryGetValue(request.Name + "Processor", out Type? type)
                && type.IsAssignableTo(typeof(IRequestProcessor<>).MakeGenericType(request)))
            {
                bound.Add(request, BoundProcessor.Create(request, ActivatorUtilities.CreateInstance(services, type)));
            }
            else
            {
                gaps.Add(request.Name);
            }
        }

        byRequest = bound.ToFrozenDictionary();
        Gaps = gaps;
    }

    /// <summary>Request classes without a processor: each gets an error answer. Listed in the log at start.</summary>
    public IReadOnlyList<string> Gaps { get; }

    /// <summary>The request classes that are processed.</summary>
    public IEnumerable<string> Served => byRequest.Keys.Select(type => type.Name).Order(StringComparer.Ordinal);

    /// <summary>The processor of a part, or null.</summary>
    public BoundProcessor? Find(SubMessage part) => byRequest.GetValueOrDefault(part.GetType());

    /// <summary>The failure answer for a part, in the class that its requester expects.</summary>
    public Response Refuse(SubMessage part, Refusal refusal) =>
        Find(part)?.Refuse((Request)part, refusal) ?? ExtRAResponse.Failure(part.RequestId, refusal.Code);
}

/// <summary>A processor behind the type of its request: one virtual call instead of reflection per message.</summary>
internal abstract class BoundProcessor
{
    public abstract Task<Answer> ProcessAsync(Request request, ProcessingContext context, CancellationToken cancel);

    public abstract Response Refuse(Request request, Refusal refusal);

    public abstract Task<Response?> FailAsync(Request request, Refusal fault, ProcessingContext context, CancellationToken cancel);

    public static BoundProcessor Create(Type request, object processor) => (BoundProcessor)Activator.CreateInstance(
        typeof(Of<>).MakeGenericType(request), BindingFlags.Instance | BindingFlags.Public, binder: null, [processor], culture: null)!;

    private sealed class Of<TRequest>(IRequestProcessor<TRequest> processor) : BoundProcessor
        where TRequest : Request
    {
        public override Task<Answer> ProcessAsync(Request request, ProcessingContext context, CancellationToken cancel) =>
            processor.ProcessAsync((TRequest)request, context, cancel);

        public override Response Refuse(Request request, Refusal refusal) => processor.Refuse((TRequest)request, refusal);

        public override Task<Response?> FailAsync(Request request, Refusal fault, ProcessingContext context, CancellationToken cancel) =>
            processor.FailAsync((TRequest)request, fault, context, cancel);
    }
}
