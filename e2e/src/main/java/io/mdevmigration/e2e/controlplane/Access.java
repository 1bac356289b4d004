package io.mdevmigration.e2e.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The users of one API server: a random token and, in files only their owner can read, kubeconfigs.
 */
final class Access {
  private static final SecureRandom RANDOM = new SecureRandom();

  private record User(String token, List<String> groups) {}

  private final Path directory;
  private final Path certificate;
  private final int port;
  private final Map<String, User> users = new LinkedHashMap<>();

  Access(Path directory, Path certificate, int port) {
    this.directory = directory;
    this.certificate = certificate;
    this.port = port;
  }

  void add(String name, List<String> groups) {
    byte[] token = new byte[24];
    RANDOM.nextBytes(token);
    users.put(name, new User(HexFormat.of().formatHex(token), groups));
  }

  String token(String user) {
    return find(user).token();
  }

  /** Writes what the API server's {@code --token-auth-file} reads. */
  void writeTokenFile() {
    String lines =
        users.entrySet().stream()
            .map(
                entry ->
                    "%s,\"%s\",\"%s\",\"%s\"%n"
                        .formatted(
                            entry.getValue().token(),
                            entry.getKey(),
                            entry.getKey(),
                            String.join(",", entry.getValue().groups())))
            .collect(Collectors.joining());
    writePrivate(directory.resolve("tokens.csv"), lines);
  }

  /** Writes the kubeconfig of a user for one of the addresses that the API server answers at. */
  void writeKubeconfig(String user, String host, String suffix) {
    String text =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: control-plane
          cluster:
            server: "https://%s:%d"
            certificate-authority-data: "%s"
        users:
        - name: "%s"
          user:
            token: "%s"
        contexts:
        - name: control-plane
          context: {cluster: control-plane, user: "%s", namespace: default}
        current-context: control-plane
        """
            .formatted(host, port, certificateData(), user, token(user), user);
    writePrivate(kubeconfig(user, suffix), text);
  }

  /** Where {@link #writeKubeconfig} puts the file. */
  Path kubeconfig(String user, String suffix) {
    find(user);
    return directory.resolve(user.replaceAll("[^A-Za-z0-9._-]", "-") + suffix);
  }

  /** A client configuration that reads nothing from this machine's environment or home. */
  Config config(String user, String host, String userAgent) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://" + host + ":" + port)
        .withCaCertData(certificateData())
        .withOauthToken(token(user))
        .withUserAgent(userAgent)
        .withNamespace("default")
        .build();
  }

  private User find(String user) {
    User found = users.get(user);
    if (found == null) {
      throw new IllegalArgumentException("no user " + user + "; there are " + users.keySet());
    }
    return found;
  }

  private String certificateData() {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(certificate));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void writePrivate(Path file, String text) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
