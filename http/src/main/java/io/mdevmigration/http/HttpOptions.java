package io.mdevmigration.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Where a program listens. By hand nowhere; in a pod, whose manifest sets {@code MDEV_HTTP_PORT},
 * on all of the pod's addresses.
 */
public final class HttpOptions {
  private static final Logger log = LoggerFactory.getLogger(HttpOptions.class);
  private static final int PORT_MAX = 65_535;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "${env:MDEV_HTTP_PORT:-0}",
      description =
          "Where /livez, /readyz and /metrics can be asked for; 0: nowhere (default:"
              + " $MDEV_HTTP_PORT, else 0).")
  private int port;

  @Option(
      names = "--http-address",
      paramLabel = "ADDRESS",
      defaultValue = "${env:MDEV_HTTP_ADDRESS:-}",
      description =
          "The one address to listen on (default: $MDEV_HTTP_ADDRESS, else all of this host or"
              + " pod).")
  private String address;

  /**
   * Opens the port, if there is to be one.
   *
   * @param pages what each path shows
   * @throws ParameterException if nobody can listen there
   */
  public Optional<HttpPort> open(Map<String, Page> pages) {
    if (port == 0) {
      return Optional.empty();
    }
    if (port < 0 || port > PORT_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--http-port is %d: it must be 0 to 65535".formatted(port));
    }
    InetSocketAddress where =
        address.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
    try {
      if (where.isUnresolved()) {
        throw new IOException("there is no such address");
      }
      HttpPort opened = HttpPort.open(where, pages, Limits.DEFAULT);
      log.info("probes are answered at {}", opened.address());
      return Optional.of(opened);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          "cannot listen on %s: %s; choose another --http-port or --http-address"
              .formatted(where, e.getMessage()),
          e);
    }
  }
}
