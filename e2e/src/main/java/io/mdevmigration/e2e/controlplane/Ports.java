package io.mdevmigration.e2e.controlplane;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Free TCP ports of 127.0.0.1 for servers that are stopped and started again on the same port. They
 * are taken from below the range that the kernel gives to outgoing connections: a client that tries
 * again and again to reach a stopped server there would sooner or later be given the server's own
 * port, connect to itself and keep the server from starting.
 */
public final class Ports {
  private static final int LOWEST = 10_240;
  private static final int USUAL_EPHEMERAL = 32_768;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ports() {}

  /**
   * A port that was free a moment ago, chosen at random so that two processes hardly ever get the
   * same.
   *
   * @throws ControlPlaneException if 1,000 tries found none
   */
  public static int free() {
    int bound = firstEphemeral();
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = LOWEST + RANDOM.nextInt(bound - LOWEST);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // taken: the next one
      }
    }
    throw new ControlPlaneException("no free port between " + LOWEST + " and " + bound);
  }

  /**
   * An IPv4 address of this machine by which pods would be reached: Kubernetes takes no loopback
   * address for an endpoint.
   *
   * @throws ControlPlaneException if there is none
   */
  public static String ownAddress() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .findFirst()
          .orElseThrow(
              () -> new ControlPlaneException("this machine has no IPv4 address but loopback ones"))
          .getHostAddress();
    } catch (SocketException e) {
      throw new ControlPlaneException("the addresses of this machine cannot be read", e);
    }
  }

  private static int firstEphemeral() {
    try {
      String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
      int first = Integer.parseInt(range.strip().split("\\s+", -1)[0]);
      return first > LOWEST + 1_000 ? first : USUAL_EPHEMERAL;
    } catch (IOException | NumberFormatException e) {
      return USUAL_EPHEMERAL;
    }
  }
}
