package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionTest {
  private static final String BY_POLICY =
      "mdevnodestates.mdevmigration.io \"x\" is forbidden: ValidatingAdmissionPolicy 'any' with"
          + " binding 'any' denied request: ";

  @Test
  void theRefusalByThePolicyThatForbidsTheNameIsTheOnlyProof() {
    assertThat(
            of(
                403,
                BY_POLICY
                    + "the daemon on node n may not write the MdevNodeState of another node, x"))
        .isInstanceOf(Permission.Granted.class);
  }

  @Test
  void whatIsNotRefusedIsNotForbidden() {
    assertThat(why(Permission.of(Optional.empty()))).contains("not in force");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mdevnodestates.mdevmigration.io is forbidden: User \"u\" cannot create resource",
        "admission webhook \"w\" denied the request: you may not write the MdevNodeState of another"
            + " node",
        BY_POLICY + "this token of a daemon names no node",
        BY_POLICY + "expression 'x' resulted in error: no such key: node",
        "ValidatingAdmissionPolicy 'of-somebody-else' with binding 'b' denied request: no",
        "MdevNodeState.mdevmigration.io \"x\" is invalid: spec: Required value",
        "mdevnodestates.mdevmigration.io \"x\" already exists",
      })
  void everyOtherRefusalWithholdsAndIsShown(String message) {
    for (int code : new int[] {400, 403, 409, 422}) {
      assertThat(why(of(code, message))).contains(message.substring(0, 40)).contains("instead");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 408, 429, 500, 503, 504})
  void anAnswerThatIsNoneDecidesNothing(int code) {
    assertThat(of(code, "try later")).isEqualTo(new Permission.Undecided("try later"));
  }

  @Test
  void whatTheApiServerSaysIsShownPrintableAndShort() {
    assertThat(why(of(403, "\u001b[2J" + "x".repeat(5000)))).matches("[ -~]+").hasSizeLessThan(600);
  }

  private static Permission of(int code, String message) {
    return Permission.of(Optional.of(new Refusal(code, message)));
  }

  private static String why(Permission permission) {
    assertThat(permission).isInstanceOf(Permission.Withheld.class);
    return ((Permission.Withheld) permission).why();
  }
}
