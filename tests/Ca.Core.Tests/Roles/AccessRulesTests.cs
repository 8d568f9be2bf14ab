using Ca.Core.Roles;

namespace Ca.Core.Tests.Roles;

/// <summary>CA_CORE §12.1 [R]: within a role the most specific rule wins; over the roles the rights are united.</summary>
[TestClass]
public sealed class AccessRulesTests
{
    [TestMethod]
    [DataRow("/", true, DisplayName = "the rule's own node")]
    [DataRow("/ca_functionality", true, DisplayName = "below a recursive rule")]
    [DataRow("/ca_functionality/create_crl", false, DisplayName = "a decline on the node")]
    [DataRow("/ca_functionality/create_crl/x", false, DisplayName = "below a decline")]
    [DataRow("/ca_functionality/create_certificate", true, DisplayName = "a sibling of a decline")]
    [DataRow("/ra_functionality", true, DisplayName = "a plain accept: its own node")]
    [DataRow("/ra_functionality/edit_end_entity", true, DisplayName = "below a plain accept the rule above it holds")]
    [DataRow("/ca/17", false, DisplayName = "a CA of its own rule")]
    [DataRow("/ca/18", true, DisplayName = "another CA")]
    public void The_most_specific_rule_wins(string resource, bool allowed)
    {
        var rules = new AccessRules([
            new("/", AccessDecision.AcceptRecursive),
            new("/ca_functionality/create_crl", AccessDecision.Decline),
            new("/ra_functionality", AccessDecision.Accept),
            new("/ca/17", AccessDecision.Decline)]);

        Assert.AreEqual(allowed, rules.Allow(resource));
    }

    [TestMethod]
    [DataRow("/ca/17", true)]
    [DataRow("/ca/-1", true)]
    [DataRow("/ca/18", false, DisplayName = "declined by its own rule")]
    [DataRow("/ca", false)]
    [DataRow("/ca_functionality", false)]
    public void Any_CA_stands_for_each_CA_without_a_rule_of_its_own(string resource, bool allowed)
    {
        var rules = new AccessRules([new("/ca/-1", AccessDecision.AcceptRecursive), new("/ca/18", AccessDecision.Decline)]);
        Assert.AreEqual(allowed, rules.Allow(resource));
    }

    [TestMethod]
    public void Without_a_rule_nothing_is_allowed_and_a_plain_accept_reaches_no_further_than_its_node()
    {
        Assert.IsFalse(new AccessRules([]).Allow("/"));
        var plain = new AccessRules([new("/ra_functionality", AccessDecision.Accept)]);
        Assert.IsTrue(plain.Allow("/ra_functionality"));
        Assert.IsFalse(plain.Allow("/ra_functionality/edit_end_entity"));
    }

    [TestMethod]
    public void A_decline_counts_within_its_role_only()
    {
        var actor = new Actor("a", [], [new([new("/", AccessDecision.Decline)]), new([new("/administrator", AccessDecision.Accept)])]);
        Assert.IsTrue(actor.May("/administrator"));
        Assert.IsFalse(actor.May("/ca_functionality"));
    }

    [TestMethod]
    public void A_right_on_end_entities_needs_the_general_rule_and_that_of_the_profile()
    {
        var general = Actor.With("a", [new(AccessResources.EditEndEntity, AccessDecision.Accept)]);
        var both = Actor.With("a", [new(AccessResources.EditEndEntity, AccessDecision.Accept), new("/endentityprofilesrules/5/edit_end_entity", AccessDecision.Accept)]);
        Assert.IsFalse(general.May(AccessResources.EditEndEntity, 5));
        Assert.IsTrue(both.May(AccessResources.EditEndEntity, 5));
        Assert.IsFalse(both.May(AccessResources.EditEndEntity, 6));
    }

    [TestMethod]
    public void The_RA_template_lets_an_RA_enrol_but_neither_approve_nor_reactivate_nor_make_CRLs()
    {
        var ra = Actor.With("ra", RoleTemplates.Rules("RAADMINISTRATOR", [17], [5]));
        Assert.IsTrue(ra.May(AccessResources.CreateCertificate));
        Assert.IsTrue(ra.May(AccessResources.CreateEndEntity, 5));
        Assert.IsTrue(ra.May(AccessResources.RevokeEndEntity, 5));
        Assert.IsTrue(ra.May(AccessResources.Ca(17)));
        Assert.IsFalse(ra.May(AccessResources.Ca(18)));
        Assert.IsFalse(ra.May(AccessResources.CreateEndEntity, 6));
        Assert.IsFalse(ra.May(AccessResources.ReactivateEndEntity, 5));
        Assert.IsFalse(ra.May("/ra_functionality/approve_end_entity", 5));
        Assert.IsFalse(ra.May(AccessResources.CreateCrl));
    }
}
