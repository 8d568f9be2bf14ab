using Ca.Cmp.Answers;
using Ca.Cmp.Authentication;
using Ca.Cmp.Bodies;
using Ca.Cmp.Info;
using Ca.Cmp.Rules;
using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Ca.Cmp;

/// <summary>The only registration of the engine. It needs the core beside it.</summary>
public static class CmpComposition
{
    /// <summary>Registers the engine and its housekeeping, both safe to use from many requests at once.</summary>
    public static IServiceCollection AddCmpEngine(this IServiceCollection services)
    {
        services.AddSingleton(Engine);
        services.AddSingleton(s => new UnconfirmedCertificates(
            s.GetRequiredService<CmpTransactions>(), s.GetRequiredService<CmpGuesses>(), s.GetRequiredService<CaConfiguration>(),
            Withdrawal(s), s.GetRequiredService<ICaLedger>(), s.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static Withdrawal Withdrawal(IServiceProvider services) =>
        new(services.GetRequiredService<Revoker>(), services.GetRequiredService<CmpTransactions>(), services.GetRequiredService<EnrolmentCodes>());

    /// <summary>Read from the outside in: everything the engine is made of.</summary>
    private static CmpEngine Engine(IServiceProvider services)
    {
        TimeProvider clock = services.GetRequiredService<TimeProvider>();
        CmpTransactions transactions = services.GetRequiredService<CmpTransactions>();
        CertificateStore certificates = services.GetRequiredService<CertificateStore>();
        Revoker revoker = services.GetRequiredService<Revoker>();
        EndEntityStore endEntities = services.GetRequiredService<EndEntityStore>();
        CmpGuesses guesses = services.GetRequiredService<CmpGuesses>();
        var rules = new TransactionRules(transactions);
        var names = new NamedEntities(endEntities);
        var enroller = new Enroller(new(services.GetRequiredService<Issuer>(), services.GetRequiredService<ServerKeyIssuer>(), services.GetRequiredService<CmpKeyMaker>()), new(endEntities, names), new(guesses), clock);
        Withdrawal withdrawal = Withdrawal(services);
        RequestHandler[] requests =
        [
            new(new CertificateRequestBody(rules, enroller), clock),
            new(new Pkcs10Body(rules, enroller), clock),
            new(new KeyUpdateBody(rules, transactions, certificates, enroller), clock),
            new(new RevocationBody(rules, new(transactions, certificates), revoker, clock), clock),
        ];
        var dispatcher = new Dispatcher(
        [
            .. requests,
            new PollBody(transactions, services.GetRequiredService<ApprovalGate>(), requests, clock),
            new ConfirmationBody(transactions, certificates, withdrawal, clock),
            new GeneralBody([new CaCertificates(), new CurrentCrls(services.GetRequiredService<Crls>()), new RequestTemplates(endEntities), new Preferences()]),
            new ErrorBody(transactions, services.GetRequiredService<ApprovalGate>(), withdrawal),
        ]);
        var secrets = new SharedSecrets(services.GetRequiredService<CmpSecrets>(), services.GetRequiredService<CmpCaSecrets>());
        var authenticator = new Authenticator(
            new SharedSecretModule(secrets, new(services.GetRequiredService<EnrolmentCodes>(), names, endEntities, transactions, guesses)),
            new EnrolmentCodeModule(secrets),
            new CertificateModule(services.GetRequiredService<AdministratorRegister>(), certificates, new(endEntities, services.GetRequiredService<Crls>(), clock), clock),
            new TrustedRas(services.GetRequiredService<CmpTrustedRas>(), certificates, clock),
            guesses);
        return new(
            services.GetRequiredService<CaConfiguration>(), authenticator, dispatcher,
            new AnswerWriter(services.GetRequiredService<CmpResponder>(), clock), services.GetRequiredService<Inbox>(), clock);
    }
}
