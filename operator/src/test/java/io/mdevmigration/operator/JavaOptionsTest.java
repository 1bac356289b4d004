package io.mdevmigration.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** The options of the JVM that the operator is shipped with; the JVM ignores a name it misses. */
class JavaOptionsTest {
  private static final Path FILE = Path.of("src/main/bin/java-options");
  private static final String CIPHER_SUITES = "-Djdk.tls.client.cipherSuites=";

  @Test
  void theSuitesForTlsAreKnownToTheJvm() throws IOException, NoSuchAlgorithmException {
    String[] known = SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites();
    assertThat(Set.of(known)).containsAll(suites());
  }

  @Test
  void inEachVersionOfTlsTheOneThatIsFastInPlainJavaIsAskedForFirst() throws IOException {
    Predicate<String> tls12 = suite -> suite.contains("_WITH_");
    assertThat(suites().stream().filter(tls12.negate()).findFirst()).hasValue(chaCha("TLS"));
    assertThat(suites().stream().filter(tls12).limit(2))
        .containsExactlyInAnyOrder(chaCha("TLS_ECDHE_ECDSA_WITH"), chaCha("TLS_ECDHE_RSA_WITH"));
  }

  /** With FIPS an API server knows nothing else, and with TLS 1.2 its key decides which. */
  @Test
  void anApiServerThatKnowsOnlyAesGcmCanBeReached() throws IOException {
    for (String with : List.of("TLS", "TLS_ECDHE_ECDSA_WITH", "TLS_ECDHE_RSA_WITH")) {
      assertThat(suites())
          .contains(with + "_AES_128_GCM_SHA256")
          .contains(with + "_AES_256_GCM_SHA384");
    }
  }

  private static String chaCha(String with) {
    return with + "_CHACHA20_POLY1305_SHA256";
  }

  private static List<String> suites() throws IOException {
    return Files.readAllLines(FILE).stream()
        .filter(line -> line.startsWith(CIPHER_SUITES))
        .map(line -> line.substring(CIPHER_SUITES.length()))
        .flatMap(line -> List.of(line.split(",")).stream())
        .toList();
  }
}
