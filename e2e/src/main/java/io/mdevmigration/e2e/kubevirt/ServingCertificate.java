package io.mdevmigration.e2e.kubevirt;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A self-signed certificate for a server at 127.0.0.1, made by the JDK's keytool.
 *
 * @param certificate PEM file
 * @param key PEM file, PKCS#8
 */
record ServingCertificate(Path certificate, Path key) {
  private static final String ALIAS = "server";
  private static final String PASSWORD = "of-no-use-to-anyone";

  /**
   * Makes one that is good for two days.
   *
   * @param directory where its files are written
   */
  static ServingCertificate make(Path directory) {
    Path store = directory.resolve("server.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "SAN=ip:127.0.0.1",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD);
    try {
      Process keytool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("keytool.log").toFile())
              .start();
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException(
            "keytool failed: " + Files.readString(directory.resolve("keytool.log")));
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      return new ServingCertificate(
          write(
              directory.resolve("server.crt"),
              "CERTIFICATE",
              keys.getCertificate(ALIAS).getEncoded()),
          write(
              directory.resolve("server.key"),
              "PRIVATE KEY",
              keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate in " + directory, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Path write(Path file, String label, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, text, label));
  }

  /** The certificate as webhook configurations name it: the PEM text, base64. */
  String caBundle() {
    try {
      return Base64.getEncoder()
          .encodeToString(Files.readString(certificate).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + certificate, e);
    }
  }
}
