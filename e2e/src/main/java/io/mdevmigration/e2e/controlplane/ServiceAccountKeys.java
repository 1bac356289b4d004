package io.mdevmigration.e2e.controlplane;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;

/** The key pair that service account tokens are signed with. */
final class ServiceAccountKeys {
  /** File name of the key that signs. */
  static final String PRIVATE = "service-account.key";

  /** File name of the key that verifies. */
  static final String PUBLIC = "service-account.pub";

  private ServiceAccountKeys() {}

  /** Makes a pair; in a directory that is used again nothing, so that its tokens stay valid. */
  static void writeInto(Path directory) {
    if (Files.exists(directory.resolve(PRIVATE))) {
      return;
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      KeyPair keys = generator.generateKeyPair();
      Access.writePrivate(
          directory.resolve(PRIVATE), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      Access.writePrivate(
          directory.resolve(PUBLIC), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new ControlPlaneException("cannot make a service account key", e);
    }
  }

  private static String pem(String type, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, base64);
  }
}
