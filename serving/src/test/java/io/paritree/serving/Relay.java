package io.paritree.serving;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A local port that forwards to another one, until it is made silent or dead. */
final class Relay implements Closeable {
  private final int target;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listening; // null while dead
  private Thread accepting;
  private volatile boolean silent;

  Relay(int target) throws IOException {
    this.target = target;
    this.port = listen(0);
  }

  int port() {
    return port;
  }

  /** From now on, bytes are read and not passed on. */
  void fallSilent() {
    silent = true;
  }

  /** Closes all connections and refuses new ones. */
  void die() throws IOException {
    ServerSocket closing = listening;
    listening = null;
    closing.close();
    try {
      accepting.join(); // until then, the system listens
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }

    for (Socket socket : open) {
      socket.close();
    }

    open.clear();
  }

  /** Forwards again, after {@link #die}. */
  void revive() throws IOException {
    silent = false;
    listen(port);
  }

  private int listen(int wanted) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
    listening = socket;
    accepting = start(() -> accept(socket));
    return socket.getLocalPort();
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept(ServerSocket socket) {
    try {
      while (true) {
        Socket near = socket.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        open.add(near);
        open.add(far);
        start(() -> pass(near, far));
        start(() -> pass(far, near));
      }
    } catch (IOException e) {
      // It is dead.
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8_192];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (!silent) {
          out.write(bytes, 0, count);
        }
      }
    } catch (IOException e) {
      // One side has ended.
    }
  }

  @Override
  public void close() throws IOException {
    if (listening != null) {
      die();
    }
  }
}
