package io.paritree.serving;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** Sends hostile requests over several connections at the same time, and checks every answer. */
final class HostileRun {
  private static final int HANG_MILLIS = 2_000;
  private static final int MOST_TOLD = 20;
  private static final Pattern TELLS =
      Pattern.compile("io\\.paritree|org\\.eclipse|java\\.(lang|io|util)|\\tat |paritree-faults");

  private final int port;
  private final HostileRequests requests;
  private final AtomicLong next;
  private final long end;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private volatile long stopNanos = Long.MAX_VALUE;

  /**
   * @param first number of the first request
   * @param count number of requests
   */
  HostileRun(int port, HostileRequests requests, long first, long count) {
    this.port = port;
    this.requests = requests;
    this.next = new AtomicLong(first);
    this.end = first + count;
  }

  /**
   * Sends until all are sent or the time is over.
   *
   * @param seconds longest time
   */
  void run(int callers, long seconds) throws InterruptedException {
    stopNanos = System.nanoTime() + seconds * 1_000_000_000L;
    List<Thread> threads = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      Thread thread = new Thread(this::send, "caller " + caller);
      thread.start();
      threads.add(thread);
    }

    for (Thread thread : threads) {
      thread.join();
    }
  }

  long sent() {
    return sent.get();
  }

  long failed() {
    return failed.get();
  }

  /** Returns the first failures, each with the number of its request. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  double slowestMillis() {
    return slowestNanos.get() / 1e6;
  }

  /** Returns the number of answers of each status, and the number of requests of each kind. */
  Map<String, Long> counts() {
    Map<String, Long> sorted = new TreeMap<>();
    counts.forEach((name, count) -> sorted.put(name, count.sum()));
    return sorted;
  }

  private void send() {
    Socket kept = null;
    InputStream keptIn = null;
    long last = -1;
    for (long number = next.getAndIncrement();
        number < end && System.nanoTime() < stopNanos;
        number = next.getAndIncrement()) {
      HostileRequest request = requests.of(number);
      count(request.kind());
      sent.incrementAndGet();
      long begin = System.nanoTime();
      try {
        if (request.end() == HostileRequest.End.KEEP) {
          if (kept != null && keptIn.available() > 0) {
            fail(
                number,
                request,
                "an answer before this request was sent; see the previous request: " + last);
            kept.close();
            kept = null;
          }

          if (kept == null) {
            kept = open();
            keptIn = new BufferedInputStream(kept.getInputStream());
          }

          boolean again = keep(number, last, request, kept, keptIn);
          last = number;
          if (!again) {
            kept.close();
            kept = null;
          }
        } else {
          once(number, request);
        }
      } catch (SocketTimeoutException e) {
        fail(number, request, "no answer within 2 s");
        close(kept);
        kept = null;
      } catch (IOException e) {
        fail(number, request, e.toString());
        close(kept);
        kept = null;
      }

      long nanos = System.nanoTime() - begin;
      slowestNanos.accumulateAndGet(nanos, Math::max);
    }

    close(kept);
  }

  private static void close(Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether the connection can be used again. */
  private boolean keep(
      long number, long last, HostileRequest request, Socket socket, InputStream in)
      throws IOException {
    boolean whole = write(request, socket);
    HostileAnswer answer;
    try {
      answer = HostileAnswer.next(in);
    } catch (EOFException | SocketException e) {
      if (whole) {
        throw e;
      }

      count("refused early");
      return false;
    }

    if (answer == null) {
      if (whole) {
        fail(number, request, "closed without an answer; the previous request: " + last);
      }

      return false;
    }

    judge(number, request, answer);
    if (in.available() > 0) {
      fail(
          number,
          request,
          "more than one answer; " + answer.body() + "; the second: " + HostileAnswer.next(in));
      return false;
    }

    return whole && !"close".equalsIgnoreCase(answer.headers().get("connection"));
  }

  private void once(long number, HostileRequest request) throws IOException {
    try (Socket socket = open()) {
      write(request, socket);
      switch (request.end()) {
        case RESET -> socket.setSoLinger(true, 0);
        case CLOSE, KEEP -> {}
        case FINISH -> finish(number, request, socket);
      }
    }
  }

  private void finish(long number, HostileRequest request, Socket socket) throws IOException {
    int answers = 0;
    try {
      socket.shutdownOutput();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (HostileAnswer answer = HostileAnswer.next(in);
          answer != null;
          answer = HostileAnswer.next(in)) {
        judge(number, request, answer);
        answers++;
      }
    } catch (SocketException e) {
      count("reset"); // if bytes of ours are unread, a close resets the connection
    }

    if (answers > request.maxAnswers()) {
      fail(number, request, answers + " answers: more than expected");
    } else if (request.answer() != null && answers < request.maxAnswers()) {
      fail(number, request, "only " + answers + " answers");
    } else if (answers == 0) {
      count("no answer");
    }
  }

  private Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(HANG_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Returns false if the server closed before everything was sent. */
  private static boolean write(HostileRequest request, Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    try {
      for (byte[] part : request.parts()) {
        out.write(part);
      }

      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  private void judge(long number, HostileRequest request, HostileAnswer answer) {
    int status = answer.status();
    count(String.valueOf(status));
    boolean refused = status == 503 && answer.headers().containsKey("retry-after");
    if (status < 200 || status >= 500 && status != 501 && status != 505 && !refused) {
      fail(number, request, "status " + status + " " + answer.body());
    } else if (TELLS.matcher(answer.body()).find()) {
      fail(number, request, "reveals too much: " + answer.body());
    } else if (request.answer() != null && !refused && !answer.body().equals(request.answer())) {
      fail(number, request, "status " + status + " " + answer.body());
    }
  }

  private void fail(long number, HostileRequest request, String what) {
    if (failed.incrementAndGet() <= MOST_TOLD) {
      String told = what.length() > 300 ? what.substring(0, 300) : what;
      failures.add("request %s (%s): %s".formatted(number, request.kind(), told));
    }
  }

  private void count(String name) {
    counts.computeIfAbsent(name, absent -> new LongAdder()).increment();
  }
}
