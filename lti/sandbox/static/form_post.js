// Both answers of an authorization endpoint are forms that post themselves; the button is for browsers without scripts.
document.getElementById("launch").submit();
