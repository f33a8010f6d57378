package io.paritree.serving.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * One endpoint of the server.
 *
 * @param method HTTP method; HEAD is answered where GET is
 * @param path with {@code {parameters}}; also the route's name in metrics and logs
 * @param handler answers it
 */
public record Route(HandlerType method, String path, Handler handler) {
  public static Route get(String path, Handler handler) {
    return new Route(HandlerType.GET, path, handler);
  }

  public static Route post(String path, Handler handler) {
    return new Route(HandlerType.POST, path, handler);
  }

  /** Returns whether a request leads to this route, as Javalin decides it. */
  boolean takes(String requestMethod, String requestPath) {
    String asked = requestMethod.equals("HEAD") ? "GET" : requestMethod;
    String[] segments = path.split("/");
    String[] given = requestPath == null ? new String[0] : requestPath.split("/");
    if (!asked.equals(method.name()) || given.length != segments.length) {
      return false;
    }

    for (int index = 0; index < segments.length; index++) {
      boolean parameter = segments[index].startsWith("{");
      if (parameter ? given[index].isEmpty() : !given[index].equals(segments[index])) {
        return false;
      }
    }

    return true;
  }
}
