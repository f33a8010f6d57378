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
}
