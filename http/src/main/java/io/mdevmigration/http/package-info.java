/**
 * The port that a program shows to the kubelet and to whoever collects metrics: fixed pages, GET
 * and HEAD alone, and bounds on all that a client may do.
 */
package io.mdevmigration.http;
