"""The certificate of the site by ACME: ordered through certbot, checked, shown by Nginx, renewed."""
