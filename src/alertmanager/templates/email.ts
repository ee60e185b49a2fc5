// What an e-mail shows: a head in the colour of the worst severity, then every alert with all it says. Long lists end
// after 100 alerts, long values after 2000 characters.

/** `email.default.*` */
export const email = {
  name: 'email.tmpl',
  text: `
{{- define "email.default.subject" }}{{ template "__subject" . }}{{ end }}

{{- define "__email_text_alert" }}{{ toUpper .Status }}: {{ template "__alert_severity" . }}, {{ template "__alert_service" . }}
{{ printf "%.2000s" (or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname) }}
{{ if eq .Status "resolved" }}From {{ template "__timestamp" .StartsAt }} to {{ template "__timestamp" .EndsAt }}{{ else }}Since {{ template "__timestamp" .StartsAt }}{{ end }}
{{ range .Labels.SortedPairs }}  {{ .Name }} = {{ printf "%.2000s" .Value }}
{{ end }}
  {{- with .GeneratorURL }}Source: {{ . }}
{{ end }}
{{ end }}

{{- define "email.default.text" }}{{ template "__subject" . }}

{{ range $i, $alert := .Alerts }}{{ if lt $i 100 }}{{ template "__email_text_alert" $alert }}{{ end }}{{ end }}
  {{- if gt (len .Alerts) 100 }}… and {{ len (slice .Alerts 100) }} more

{{ end }}
{{- template "__alertmanager" . }}: {{ template "__alertmanagerURL" . }}
{{ end }}

{{- define "__email_head_color" }}
  {{- if eq .Status "resolved" }}#2e7d32
  {{- else }}
    {{- $color := "#1565c0" }}
    {{- range .Alerts.Firing }}
      {{- if eq .Labels.severity "critical" }}{{ $color = "#c62828" }}
      {{- else if and (eq .Labels.severity "warning") (ne $color "#c62828") }}{{ $color = "#b26a00" }}
      {{- end }}
    {{- end }}
    {{- $color }}
  {{- end }}
{{- end }}

{{- define "__email_html_alert" }}
<tr><td style="padding: 16px 24px; border-bottom: 1px solid #e0e0e0;">
<p style="margin: 0 0 4px;"><strong>{{ template "__alert_service" . }}</strong> &middot; {{ template "__alert_severity" . }} &middot; {{ .Status }}</p>
<p style="margin: 0 0 8px; white-space: pre-line;">{{ printf "%.2000s" (or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname) }}</p>
<p style="margin: 0 0 8px; color: #616161;">
{{- if eq .Status "resolved" }}From {{ template "__timestamp" .StartsAt }} to {{ template "__timestamp" .EndsAt }}{{ else }}Since {{ template "__timestamp" .StartsAt }}{{ end -}}
</p>
<table role="presentation" cellpadding="0" cellspacing="0" style="font-size: 13px; color: #424242;">
{{- range .Labels.SortedPairs }}
<tr><td style="padding: 0 12px 0 0; vertical-align: top;">{{ .Name }}</td><td>{{ printf "%.2000s" .Value }}</td></tr>
{{- end }}
{{- range .Annotations.SortedPairs }}
<tr><td style="padding: 0 12px 0 0; vertical-align: top;"><em>{{ .Name }}</em></td><td>{{ printf "%.2000s" .Value }}</td></tr>
{{- end }}
</table>
{{- with .GeneratorURL }}
<p style="margin: 8px 0 0;"><a href="{{ . }}" style="color: #1565c0;">Source</a></p>
{{- end }}
{{- with .Annotations.runbook_url }}
<p style="margin: 8px 0 0;"><a href="{{ . }}" style="color: #1565c0;">Runbook</a></p>
{{- end }}
</td></tr>
{{- end }}

{{- define "email.default.html" -}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin: 0; padding: 24px; background: #f5f5f5; font: 15px/1.5 Helvetica, Arial, sans-serif; color: #212121;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width: 680px; margin: 0 auto; background: #ffffff;">
<tr><td style="padding: 16px 24px; background: {{ template "__email_head_color" . }}; color: #ffffff; font-size: 17px;">
{{- with .Alerts.Firing }}{{ len . }} firing{{ end }}
{{- if and .Alerts.Firing .Alerts.Resolved }}, {{ end }}
{{- with .Alerts.Resolved }}{{ len . }} resolved{{ end }}
{{- range .GroupLabels.SortedPairs }} &middot; {{ .Name }}={{ .Value }}{{ end -}}
</td></tr>
{{- range $i, $alert := .Alerts }}{{ if lt $i 100 }}{{ template "__email_html_alert" $alert }}{{ end }}{{ end }}
{{- if gt (len .Alerts) 100 }}
<tr><td style="padding: 16px 24px;">… and {{ len (slice .Alerts 100) }} more</td></tr>
{{- end }}
<tr><td style="padding: 16px 24px; font-size: 13px;"><a href="{{ template "__alertmanagerURL" . }}" style="color: #1565c0;">{{ template "__alertmanager" . }}</a></td></tr>
</table>
</body>
</html>
{{ end }}
`,
};
