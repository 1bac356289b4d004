/**
 * A proxy between one client and the API server that can hurt what passes: plain HTTP/1.1 on
 * loopback in front, TLS behind, watches over websockets or chunked answers. It sees everything
 * that its client sends and is sent. Start with {@link io.mdevmigration.e2e.proxy.ApiProxy}.
 */
package io.mdevmigration.e2e.proxy;
