package io.mdevmigration.e2e.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Kubernetes control plane of real binaries for one test, demo or measurement: etcd without
 * fsync, kube-apiserver with RBAC, the node authorizer and an audit log, and the scheduler and the
 * controller-manager when asked for. It answers at 127.0.0.1 on this host and at 10.0.2.2 in QEMU
 * guests with user networking, with one certificate for both.
 *
 * <p>Nothing outlives it: {@link #close()}, the end of the JVM and the JVM's death by SIGKILL all
 * end its processes. Methods may be called from any thread. Where a method says nothing else, it
 * throws {@link ControlPlaneException}, with the end of the log of the process at fault.
 */
public final class ControlPlane implements AutoCloseable {
  /** The address at which QEMU's user networking shows guests the host's 127.0.0.1. */
  public static final String GUESTS_HOST = "10.0.2.2";

  /** The user of {@link #kubeconfig()}, in the group system:masters. */
  public static final String ADMIN = "admin";

  private static final String HOST = "127.0.0.1";
  private static final String HOST_SUFFIX = ".kubeconfig";
  private static final String GUESTS_SUFFIX = ".guests.kubeconfig";
  private static final String SCHEDULER_USER = "system:kube-scheduler";
  private static final String CONTROLLER_MANAGER_USER = "system:kube-controller-manager";

  private final Options options;
  private final Binaries binaries;
  private final Path directory;
  private final boolean temporary;
  private final int etcdPort = Ports.free();
  private final int etcdPeerPort = Ports.free();
  private final int port = Ports.free();
  private final Access access;
  private final Processes processes;
  private final Kubectl kubectl;
  private final AuditLog auditLog;
  private final Thread shutdownHook = new Thread(this::stop, "control-plane-stop");

  private OwnedProcess etcd;
  private OwnedProcess apiServer;
  private OwnedProcess scheduler;
  private OwnedProcess controllerManager;

  private ControlPlane(Options options, Binaries binaries, Path directory, boolean temporary) {
    this.options = options;
    this.binaries = binaries;
    this.directory = directory;
    this.temporary = temporary;
    this.auditLog = new AuditLog(directory.resolve("audit.log"));
    this.access = new Access(directory, apiServerCertificate(), port);
    this.processes = new Processes(binaries, directory, options.timeout());
    access.add(ADMIN, List.of("system:masters"));
    access.add(SCHEDULER_USER, List.of());
    access.add(CONTROLLER_MANAGER_USER, List.of());
    options.users().forEach(access::add);
    this.kubectl =
        new Kubectl(binaries.program("kubectl"), kubeconfig(), directory.resolve("kubectl-cache"));
  }

  /** Starts etcd and kube-apiserver with their defaults; see {@link #start(Options)}. */
  public static ControlPlane start() {
    return start(new Options());
  }

  /**
   * Starts a control plane and returns once all of it is ready and the namespace {@code default} is
   * there. The first time on a machine this builds or downloads the binaries. If it fails nothing
   * is left running, but the working directory stays for a look at the logs.
   */
  public static ControlPlane start(Options options) {
    List<String> indispensable = new ArrayList<>();
    if (options.hasScheduler()) {
      indispensable.add("kube-scheduler");
    }
    if (options.hasControllerManager()) {
      indispensable.add("kube-controller-manager");
    }
    String[] programs = indispensable.toArray(String[]::new);
    Binaries binaries =
        options
            .installScript()
            .map(script -> Binaries.install(script, indispensable))
            .orElseGet(() -> Binaries.install(programs));
    Path directory;
    try {
      directory =
          options.workingDirectory().isPresent()
              ? Files.createDirectories(options.workingDirectory().get()).toAbsolutePath()
              : Files.createTempDirectory("control-plane-");
    } catch (IOException e) {
      throw new ControlPlaneException("cannot make the working directory", e);
    }
    ControlPlane started =
        new ControlPlane(options, binaries, directory, options.workingDirectory().isEmpty());
    Runtime.getRuntime().addShutdownHook(started.shutdownHook);
    boolean ready = false;
    try {
      started.startAll();
      ready = true;
      return started;
    } finally {
      if (!ready) {
        started.processes.killAll();
        started.forgetShutdownHook();
      }
    }
  }

  private void startAll() {
    ServiceAccountKeys.writeInto(directory);
    access.writeTokenFile();
    if (options.hasAudit()) {
      Access.writePrivate(directory.resolve("audit-policy.yaml"), AuditLog.POLICY);
    }
    startEtcd();
    startApiServer();
    for (String user : options.users().keySet()) {
      writeKubeconfigs(user);
    }
    writeKubeconfigs(ADMIN);
    if (options.hasScheduler()) {
      startScheduler();
    }
    if (options.hasControllerManager()) {
      startControllerManager();
    }
  }

  private void writeKubeconfigs(String user) {
    access.writeKubeconfig(user, HOST, HOST_SUFFIX);
    access.writeKubeconfig(user, GUESTS_HOST, GUESTS_SUFFIX);
  }

  /** The directory with the logs ({@code <program>.log}), the audit log, keys and etcd's data. */
  public Path directory() {
    return directory;
  }

  /** The API server's TCP port, the same at 127.0.0.1 and {@link #GUESTS_HOST}. */
  public int port() {
    return port;
  }

  /** The PEM file with the API server's certificate and the one that signed it. */
  public Path apiServerCertificate() {
    return directory.resolve("certificates").resolve("apiserver.crt");
  }

  /** The administrator's kubeconfig for use on this host. */
  public Path kubeconfig() {
    return kubeconfig(ADMIN);
  }

  /** The administrator's kubeconfig for use in QEMU guests. */
  public Path kubeconfigForGuests() {
    return kubeconfigForGuests(ADMIN);
  }

  /** The kubeconfig for use on this host of a user that the options name. */
  public Path kubeconfig(String user) {
    return access.kubeconfig(user, HOST_SUFFIX);
  }

  /** The kubeconfig for use in QEMU guests of a user that the options name. */
  public Path kubeconfigForGuests(String user) {
    return access.kubeconfig(user, GUESTS_SUFFIX);
  }

  /** A client configuration of the administrator, with this user agent, to be changed at will. */
  public Config config(String userAgent) {
    return config(ADMIN, userAgent);
  }

  /** A client configuration of a user that the options name. */
  public Config config(String user, String userAgent) {
    return access.config(user, HOST, userAgent);
  }

  /** A client of the administrator, with this user agent; the caller closes it. */
  public KubernetesClient client(String userAgent) {
    return new KubernetesClientBuilder().withConfig(config(userAgent)).build();
  }

  /**
   * Runs kubectl as the administrator, with nothing on its standard input.
   *
   * @return what it wrote and its exit code, whichever that is
   */
  public CommandResult kubectl(String... arguments) {
    return kubectlWithInput("", arguments);
  }

  /** Runs kubectl as the administrator with this text on its standard input, for {@code -f -}. */
  public CommandResult kubectlWithInput(String input, String... arguments) {
    return kubectl.run(input, List.of(arguments));
  }

  /**
   * The record of all requests.
   *
   * @throws IllegalStateException if the options leave it out
   */
  public AuditLog auditLog() {
    if (!options.hasAudit()) {
      throw new IllegalStateException("started without an audit log");
    }
    return auditLog;
  }

  /** The path of one of the programs that the control plane was started from, such as kubelet. */
  public Path program(String name) {
    return binaries.program(name);
  }

  /** The processes that run at this moment, for a look at their memory. */
  public List<OwnedProcess> processes() {
    return processes.alive();
  }

  /** Ends kube-apiserver with SIGKILL; what etcd has stays. */
  public synchronized void killApiServer() {
    Processes.kill(apiServer);
  }

  /** Ends etcd with SIGKILL; its data stay. kube-apiserver goes on and fails what it is asked. */
  public synchronized void killEtcd() {
    Processes.kill(etcd);
  }

  /** Starts etcd on the same port and data and returns once it is ready; nothing if it runs. */
  public synchronized void startEtcd() {
    if (Processes.isAlive(etcd)) {
      return;
    }
    String client = "http://" + HOST + ":" + etcdPort;
    String peer = "http://" + HOST + ":" + etcdPeerPort;
    List<String> arguments =
        List.of(
            "--name=default",
            "--data-dir=" + etcdData(),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer,
            "--unsafe-no-fsync",
            "--quota-backend-bytes=" + (4L << 30),
            "--log-level=warn");
    etcd = processes.launch("etcd", arguments, options.etcdArguments());
    processes.await(etcd, new Probe(URI.create(client + "/health"), null, null));
  }

  /** Starts kube-apiserver on the same port and returns once it is ready; nothing if it runs. */
  public synchronized void startApiServer() {
    if (Processes.isAlive(apiServer)) {
      return;
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--etcd-servers=http://" + HOST + ":" + etcdPort,
                "--bind-address=" + HOST,
                "--advertise-address=" + GUESTS_HOST,
                "--secure-port=" + port,
                "--cert-dir=" + apiServerCertificate().getParent(),
                "--service-cluster-ip-range=10.0.0.0/24",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--allow-privileged",
                "--token-auth-file=" + directory.resolve("tokens.csv"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + directory.resolve(ServiceAccountKeys.PUBLIC),
                "--service-account-signing-key-file="
                    + directory.resolve(ServiceAccountKeys.PRIVATE)));
    if (options.hasAudit()) {
      auditLog.endCutLine();
      arguments.addAll(
          List.of(
              "--audit-policy-file=" + directory.resolve("audit-policy.yaml"),
              "--audit-log-path=" + directory.resolve("audit.log"),
              "--audit-log-mode=blocking",
              // Megabytes. 0 would mean 100, and a new file would lose the marks in the old one.
              "--audit-log-maxsize=1000000"));
    }
    apiServer = processes.launch("kube-apiserver", arguments, options.apiServerArguments());
    processes.await(apiServer, apiServerProbe("/readyz"));
    // Made by a controller inside the API server, the last of the system's namespaces.
    processes.await(apiServer, apiServerProbe("/api/v1/namespaces/default"));
  }

  /** Ends kube-apiserver with SIGKILL and starts it again. */
  public synchronized void restartApiServer() {
    killApiServer();
    startApiServer();
  }

  /** Ends etcd with SIGKILL, starts it again and returns once kube-apiserver is ready again. */
  public synchronized void restartEtcd() {
    killEtcd();
    startEtcd();
    if (Processes.isAlive(apiServer)) {
      processes.await(apiServer, apiServerProbe("/readyz"));
    }
  }

  /**
   * Copies etcd's data as they are now, for {@link #restoreEtcd}. etcd is ended for it with SIGKILL
   * and started again.
   *
   * @param copy where to; must not exist
   */
  public synchronized void saveEtcd(Path copy) {
    killEtcd();
    new Folder(etcdData()).copyTo(copy);
    restartEtcd();
  }

  /**
   * Ends kube-apiserver and etcd with SIGKILL and starts them again on data that were saved before,
   * as an admin who restores a backup does. What happened since is forgotten, and resource versions
   * are given anew.
   */
  public synchronized void restoreEtcd(Path copy) {
    killApiServer();
    killEtcd();
    new Folder(etcdData()).delete();
    new Folder(copy).copyTo(etcdData());
    startEtcd();
    startApiServer();
  }

  private Path etcdData() {
    return directory.resolve("etcd");
  }

  private void startScheduler() {
    int securePort = Ports.free();
    scheduler =
        launchController(
            "kube-scheduler", SCHEDULER_USER, securePort, options.schedulerArguments(), List.of());
    processes.await(scheduler, controllerProbe("kube-scheduler", securePort));
  }

  private void startControllerManager() {
    int securePort = Ports.free();
    controllerManager =
        launchController(
            "kube-controller-manager",
            CONTROLLER_MANAGER_USER,
            securePort,
            options.controllerManagerArguments(),
            List.of(
                "--use-service-account-credentials",
                "--service-account-private-key-file="
                    + directory.resolve(ServiceAccountKeys.PRIVATE),
                "--root-ca-file=" + apiServerCertificate()));
    processes.await(controllerManager, controllerProbe("kube-controller-manager", securePort));
  }

  private OwnedProcess launchController(
      String program, String user, int securePort, List<String> added, List<String> own) {
    access.writeKubeconfig(user, HOST, HOST_SUFFIX);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--kubeconfig=" + kubeconfig(user),
                "--leader-elect=false",
                "--bind-address=" + HOST,
                "--secure-port=" + securePort,
                "--cert-dir=" + directory.resolve(program)));
    arguments.addAll(own);
    return processes.launch(program, arguments, added);
  }

  private Probe controllerProbe(String program, int securePort) {
    return new Probe(
        URI.create("https://" + HOST + ":" + securePort + "/healthz"),
        directory.resolve(program).resolve(program + ".crt"),
        null);
  }

  private Probe apiServerProbe(String path) {
    return new Probe(
        URI.create("https://" + HOST + ":" + port + path),
        apiServerCertificate(),
        access.token(ADMIN));
  }

  /**
   * Ends all processes with SIGKILL and, if the working directory is a temporary one, deletes it. A
   * start or restart that another thread is waiting for then fails.
   */
  @Override
  public void close() {
    stop();
    forgetShutdownHook();
  }

  /** Takes no lock: it must not wait for a thread that waits for a process to get ready. */
  private void stop() {
    processes.killAll();
    if (temporary) {
      deleteDirectory();
    }
  }

  private void forgetShutdownHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // the JVM is ending and runs it: stopping twice does no harm
    }
  }

  private void deleteDirectory() {
    try {
      new Folder(directory).delete();
    } catch (UncheckedIOException e) {
      System.err.println("control-plane: cannot delete all of " + directory + ": " + e);
    }
  }
}
