//! Run Tencent Cloud SCF functions over TCP and TLS: credentials, timeouts, keep-alive and safe retries.
