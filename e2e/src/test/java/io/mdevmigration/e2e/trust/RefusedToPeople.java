package io.mdevmigration.e2e.trust;

import static io.mdevmigration.e2e.trust.Paths.COMPATIBILITIES;
import static io.mdevmigration.e2e.trust.Paths.STATES;
import static io.mdevmigration.e2e.trust.Request.forbidden;
import static io.mdevmigration.e2e.trust.Verb.APPLY;
import static io.mdevmigration.e2e.trust.Verb.DELETE;
import static io.mdevmigration.e2e.trust.Verb.GET;
import static io.mdevmigration.e2e.trust.Verb.JSON;
import static io.mdevmigration.e2e.trust.Verb.MERGE;
import static io.mdevmigration.e2e.trust.Verb.POST;
import static io.mdevmigration.e2e.trust.Verb.PUT;
import static io.mdevmigration.e2e.trust.Who.AUTHOR;
import static io.mdevmigration.e2e.trust.Who.EDITOR;
import static io.mdevmigration.e2e.trust.Who.LITERAL_AUTHOR;
import static io.mdevmigration.e2e.trust.Who.NAMESPACES_ADMIN;
import static io.mdevmigration.e2e.trust.Who.VIEWER;

import java.util.List;
import java.util.stream.Stream;

/** What people with the roles that are shipped, and with Kubernetes' own, may not do. */
final class RefusedToPeople {
  private static final String LITERAL = COMPATIBILITIES + "/trust-literal";
  private static final String FROM_NODE = COMPATIBILITIES + "/trust-from-node";
  private static final String USE = "you may not use literal versions";

  /** A MigrationCompatibility with this source. */
  static String compatibility(String name, String source) {
    return ("{'apiVersion':'mdevmigration.io/v1alpha1','kind':'MigrationCompatibility',"
            + "'metadata':{'name':'%s'},'spec':{'mdevType':'sample-A','source':%s}}")
        .formatted(name, source);
  }

  static Stream<Request> all() {
    return Stream.of(literals(), others()).flatMap(List::stream);
  }

  private static List<Request> literals() {
    String literal = "{'version':'v1'}";
    return List.of(
        forbidden(AUTHOR, POST, COMPATIBILITIES, compatibility("trust-x", literal), USE),
        forbidden(
            AUTHOR, APPLY, COMPATIBILITIES + "/trust-x", compatibility("trust-x", literal), USE),
        forbidden(
            AUTHOR, MERGE, FROM_NODE, "{'spec':{'source':{'node':null,'version':'v1'}}}", USE),
        forbidden(AUTHOR, MERGE, LITERAL, "{'spec':{'source':{'version':'v2'}}}", USE),
        forbidden(
            AUTHOR,
            JSON,
            LITERAL,
            "[{'op':'replace','path':'/spec/source/version','value':'v2'}]",
            USE),
        forbidden(AUTHOR, MERGE, LITERAL, "{'spec':{'mdevType':'sample-B'}}", USE),
        forbidden(
            AUTHOR,
            MERGE,
            LITERAL,
            "{'spec':{'target':{'nodeSelector':{'matchLabels':{'a':'b'}}}}}",
            USE),
        forbidden(
            AUTHOR, MERGE, LITERAL, "{'spec':{'retrySuspected':['0123456789abcdef0123']}}", USE));
  }

  private static List<Request> others() {
    String fromNode = compatibility("trust-x", "{'node':{'name':'trust-a'}}");
    String state = STATES + "/trust-a";
    String spec = "{'spec':{'askAgain':'x'}}";
    return List.of(
        forbidden(AUTHOR, MERGE, state, spec, "cannot patch"),
        forbidden(AUTHOR, MERGE, FROM_NODE + "/status", "{'status':{}}", "cannot patch"),
        forbidden(LITERAL_AUTHOR, MERGE, state, spec, "cannot patch"),
        forbidden(VIEWER, POST, COMPATIBILITIES, fromNode, "cannot create"),
        forbidden(VIEWER, PUT, FROM_NODE, fromNode, "cannot update"),
        forbidden(VIEWER, DELETE, FROM_NODE, "", "cannot delete"),
        forbidden(VIEWER, MERGE, state, spec, "cannot patch"),
        forbidden(EDITOR, GET, COMPATIBILITIES, "", "cannot list"),
        forbidden(EDITOR, POST, COMPATIBILITIES, fromNode, "cannot create"),
        forbidden(EDITOR, GET, STATES, "", "cannot list"),
        forbidden(NAMESPACES_ADMIN, POST, COMPATIBILITIES, fromNode, "cannot create"),
        forbidden(NAMESPACES_ADMIN, MERGE, state, spec, "cannot patch"));
  }

  private RefusedToPeople() {}
}
